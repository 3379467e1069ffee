"""Tests of the Python package on docs/demo: python -m pytest Python/tests, or python Python/tests/test_pinproof.py

The program is that of PINPROOF_PROGRAM, or the installed one.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

HERE = pathlib.Path(__file__).resolve().parent
DEMO = HERE.parent.parent / "docs/demo"
sys.path.insert(0, str(HERE.parent))

import pinproof  # noqa: E402


class Demo(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="pinproof-")
        self.addCleanup(directory.cleanup)
        self.demo = pathlib.Path(directory.name) / "demo"
        shutil.copytree(DEMO, self.demo)

    def test_check_finds_what_floats(self):
        result = pinproof.check(self.demo / "careless")
        self.assertFalse(result.passed)
        self.assertEqual(result.summary.errors, len([f for f in result.findings if f.severity == "error"]))
        apt = [finding for finding in result.findings if finding.rule == "floating-apt-package"]
        self.assertEqual([(apt[0].subject, apt[0].line, apt[0].column)], [("curl", 2, 42)])
        self.assertTrue(pinproof.check(self.demo / "careless", fail_on="never").passed)

    def test_check_takes_several_paths_and_rules(self):
        result = pinproof.check([self.demo / "careless", self.demo / "requirements.lock"], select=["floating-apt-package"])
        self.assertEqual({finding.rule for finding in result.findings}, {"floating-apt-package"})
        self.assertGreaterEqual(result.summary.files, 2)

    def test_check_of_an_unreadable_file_is_undecided_and_keeps_the_rest(self):
        with self.assertRaises(pinproof.UndecidedError) as caught:
            pinproof.check([self.demo / "careless", self.demo / "nothing"])
        self.assertIn("floating-apt-package", {finding.rule for finding in caught.exception.result.findings})

    def test_a_wrong_value_is_a_usage_error(self):
        with self.assertRaises(pinproof.UsageError):
            pinproof.check(self.demo, require="sometimes")
        with self.assertRaises(pinproof.UsageError):
            pinproof.verify(self.demo, self.demo, evidence="--version")

    def test_verify_matches_and_refuses(self):
        model = self.demo / "churn-model.tar.gz"
        good = pinproof.verify(model, self.demo / "churn-image.oci.tar", wheels=[self.demo / "wheels"], evidence="locked")
        self.assertEqual((good.verdict, good.passed, good.summary.mismatch), ("match", True, 0))
        self.assertEqual({package.evidence for package in good.packages}, {"locked"})
        self.assertTrue(good.identity.image.manifest.startswith("sha256:"))
        bad = pinproof.verify(model, self.demo / "churn-image-changed.oci.tar", wheels=[self.demo / "wheels"])
        self.assertEqual((bad.verdict, bad.passed), ("mismatch", False))
        changed = [package.name for package in bad.packages if package.verdict == "mismatch"]
        self.assertEqual(changed, ["waitress"])
        waitress = next(package for package in bad.packages if package.name == "waitress")
        self.assertTrue(waitress.layer.startswith("sha256:"))
        self.assertIn("COPY", waitress.instruction)
        careless = pinproof.verify(model, self.demo / "churn-image-careless.oci.tar")
        self.assertEqual(careless.summary.mismatch, 5)

    def test_not_provable_raises_and_carries_the_verification(self):
        with self.assertRaises(pinproof.UndecidedError) as caught:
            pinproof.verify(self.demo / "churn-model.tar.gz", self.demo / "churn-image.oci.tar", evidence="trained")
        self.assertEqual(caught.exception.verification.verdict, "not-provable")

    def test_a_missing_image_raises_without_a_result(self):
        with self.assertRaises(pinproof.UndecidedError) as caught:
            pinproof.verify(self.demo / "churn-model.tar.gz", self.demo / "nothing.tar")
        self.assertIsNone(caught.exception.verification)
        self.assertIn("nothing.tar", str(caught.exception))

    def test_diff_names_the_rebuilt_package(self):
        found = pinproof.diff(self.demo / "churn-image.oci.tar", self.demo / "churn-image-changed.oci.tar")
        self.assertEqual([(change.name, change.kind, change.basis) for change in found.changes], [("waitress", "rebuilt", "content")])
        self.assertFalse(found.same)
        self.assertTrue(pinproof.diff(self.demo / "churn-image.oci.tar", self.demo / "churn-image.oci.tar").same)

    def test_inspect_reads_a_lock_and_a_dockerfile(self):
        lock = pinproof.inspect(self.demo / "requirements.lock")
        self.assertEqual(lock.subject.kind, "lock")
        self.assertEqual(len(lock.environment.packages), 6)
        self.assertTrue(all(package.hashes for package in lock.environment.packages))
        self.assertEqual(lock.environment.gaps, [])
        self.assertIsNone(pinproof.inspect(self.demo / "careless/Dockerfile").environment)

    def test_a_path_that_looks_like_an_option_is_a_path(self):
        directory = self.demo / "careless"
        shutil.copy(directory / "Dockerfile", directory / "--help.Dockerfile")
        here = os.getcwd()
        os.chdir(directory)
        self.addCleanup(os.chdir, here)
        self.assertEqual(pinproof.check("--help.Dockerfile").files[0].path, "--help.Dockerfile")

    def test_capture_records_the_running_environment(self):
        text = pinproof.capture(output=self.demo / "pylock.toml")
        self.assertIn("[tool.pinproof]", text)
        self.assertEqual((self.demo / "pylock.toml").read_text(encoding="utf-8"), text)
        version = "%d.%d" % sys.version_info[:2]
        self.assertIn(f'version = "{version}', text)


class Program(unittest.TestCase):
    def test_the_module_runs_the_program_with_its_status(self):
        for arguments, status in ((["--version"], 0), (["check", "--require", "x"], 64), (["verify", "a", "b"], 2)):
            done = subprocess.run(
                [sys.executable, "-m", "pinproof", *arguments], cwd=HERE.parent, capture_output=True, check=False)
            self.assertEqual(done.returncode, status, done.stderr)

    def test_a_program_on_path_is_not_taken(self):
        with tempfile.TemporaryDirectory() as directory:
            fake = pathlib.Path(directory) / "pinproof"
            fake.write_text("#!/bin/sh\nexit 0\n")
            fake.chmod(0o755)
            with mock.patch.dict(os.environ, {"PATH": directory}):
                try:
                    self.assertNotEqual(pinproof.find_program(), str(fake))
                except pinproof.ProgramNotFoundError:
                    pass

    def test_a_named_program_that_is_not_there_is_an_error(self):
        with mock.patch.dict(os.environ, {"PINPROOF_PROGRAM": "/nonexistent/pinproof"}):
            with self.assertRaises(pinproof.ProgramNotFoundError):
                pinproof.version()

    def test_a_program_that_is_killed_is_an_error(self):
        with tempfile.TemporaryDirectory() as directory:
            killed = pathlib.Path(directory) / "pinproof"
            killed.write_text("#!/bin/sh\nkill -9 $$\n")
            killed.chmod(0o755)
            with mock.patch.dict(os.environ, {"PINPROOF_PROGRAM": str(killed)}):
                with self.assertRaises(pinproof.PinproofError):
                    pinproof.check(".")

    def test_another_schema_is_an_error(self):
        with tempfile.TemporaryDirectory() as directory:
            other = pathlib.Path(directory) / "pinproof"
            other.write_text("#!/bin/sh\necho '{\"schema\": \"pinproof/check/2\"}'\n")
            other.chmod(0o755)
            with mock.patch.dict(os.environ, {"PINPROOF_PROGRAM": str(other)}):
                with self.assertRaisesRegex(pinproof.PinproofError, "pinproof/check/2"):
                    pinproof.check(".")


if __name__ == "__main__":
    unittest.main()
