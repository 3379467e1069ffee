# Copies the registry of an MLflow store into a database of a few pages: python3 small.py mlflow.db small.db
import sqlite3, sys, os
TABLES = ["registered_models", "model_versions", "registered_model_aliases", "model_version_tags", "registered_model_tags", "tags"]
source, target = sqlite3.connect(sys.argv[1]), sys.argv[2]
if os.path.exists(target): os.remove(target)
small = sqlite3.connect(target); small.execute("PRAGMA page_size=1024")
for table in TABLES:
    small.execute(source.execute("SELECT sql FROM sqlite_master WHERE name=?", (table,)).fetchone()[0])
    for row in source.execute(f"SELECT * FROM {table}"):
        row = [v.replace("/tmp/deploy/exp/out/reg_sqlite", "/build") if isinstance(v, str) else v for v in row]
        if table == "tags" and row[0] == "mlflow.source.name": continue
        small.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)
small.execute("INSERT INTO tags VALUES ('owner', 'team-risk', (SELECT run_id FROM model_versions WHERE version=2))")
small.commit(); small.execute("VACUUM"); small.close()
