"""What README claims, and which tests hold it: a phrase of README, then test files with the name of a test or without."""

CLAIMS = {
    "It never executes what it reads and never unpacks anything to disk": [
        "HostileTests.swift", "FixtureTests.swift codeInAPickleDoesNotRunAndIsNamed", "HouseTests.swift librariesNeverPrint",
    ],
    "what it could not read or check is never a match": [
        "scenarios_verify.py a_truncated_layer_is_undecided", "scenarios_images.py damaged_blobs_are_refused",
    ],
    "| a pull request touches a Dockerfile or a requirements file": ["RuleExamplesTests.swift", "scenarios_documents.py sessions_are_true"],
    "| you build an image from a lock file": ["scenarios_freeze.py pylock_proves_itself"],
    "| you deploy a model with an image": ["scenarios_verify.py the_built_image_matches", "scenarios_verify.py diff_names_the_other_version"],
    "answers them from the model, the image and the files that deploy it, and refuses a deployment with an open question": [
        "PreflightGateTests.swift clean", "PreflightGateTests.swift one",
    ],
    "`check` follows a Dockerfile into the files that it installs from and the shell scripts that it runs": ["ScriptFileTests.swift", "DockerfileCheckTests.swift"],
    "`--require hashed` requires digests and hashes instead of versions": ["scenarios_verify.py check_is_silent_on_a_frozen_file"],
    "`--fix` fixes what needs no decision": ["scenarios_rewrite.py check_fixes_what_needs_no_choice"],
    "A signature of OpenSSF Model Signing is compared with the files": ["scenarios_attest.py a_signed_model_is_verified", "ModelSigningTests.swift"],
    "The same input gives the same bytes": ["scenarios_freeze.py freezes_are_the_same", "scenarios_verify.py freezing_again_gives_the_same_bytes"],
    "`--installer uv` runs `uv sync --locked`": ["scenarios_freeze.py uv_lock_proves_itself"],
    "`--build-sdists` builds packages without a wheel": ["scenarios_freeze.py sdists_are_refused_or_built"],
    "`--model MODEL --serve command` creates the image that serves a model": ["scenarios_freeze.py mlflow_serves_its_model"],
    "`pinproof freeze MODEL` reads the lock from the model itself": [
        "scenarios_freeze.py a_model_serves_from_its_own_lock", "scenarios_freeze.py a_model_without_a_lock_is_refused",
    ],
    "pins the images, downloads, system packages, git checkouts and pip installs of an existing Dockerfile": [
        "scenarios_rewrite.py small_dockerfiles_are_pinned", "scenarios_system_packages.py apt_packages_get_the_versions_of_the_base",
        "scenarios_rewrite.py git_repositories_are_held_at_a_commit", "scenarios_rewrite.py a_rewritten_dockerfile_builds_what_the_lock_says",
    ],
    "Instead of a model you can give a lock or a capture, and instead of an image an installed environment": [
        "scenarios_capture.py images_and_prefixes_are_captured", "EnvironmentVerifierTests.swift",
    ],
    "creates a map that replaces the wheels in the same proof": ["scenarios_verify.py a_wheel_map_is_as_good_as_the_wheels"],
    "- `pinproof capture .venv --lock uv.lock --into model/`": ["scenarios_capture.py a_capture_makes_the_round_trip"],
    "- The packages that loading the model needs decide the verdict": ["scenarios_ladder.py what_is_not_needed_is_a_warning"],
    "- `verify` also finds what no installation record covers": [
        "scenarios_hazards.py swapped_bytecode_is_found", "scenarios_hazards.py a_path_configuration_file_is_found",
        "scenarios_hazards.py site_customization_is_found", "scenarios_hazards.py shadowing_modules_are_found",
        "scenarios_hazards.py redirecting_variables_are_found",
    ],
    "- `--attest FILE --key KEY` signs the verdict": [
        "scenarios_attest.py an_attestation_is_read_by_others", "scenarios_attest.py an_attestation_is_accepted",
        "scenarios_attest.py an_attestation_is_refused",
    ],
    "- `pinproof attach verdict.json IMAGE` stores the signed verdict": [
        "scenarios_attach.py attestations_are_attached_and_found",
    ],
    "- `pinproof profile predictions.csv --of MODEL": ["ProfileCommandTests.swift"],
    "- `pinproof diff IMAGE IMAGE` compares packages, files that no package owns": [
        "scenarios_hazards.py changed_bytes_outside_of_packages_show_in_diff", "DifferenceReportTests.swift",
    ],
    "| `locked` |": ["scenarios_verify.py a_forged_record_is_caught_by_the_lock", "scenarios_hazards.py every_changed_byte_of_a_locked_package_is_found"],
    "| `trained` |": ["scenarios_capture.py a_changed_byte_is_no_longer_what_trained"],
    "| `claimed` |": ["scenarios_conda.py conda_is_claimed_and_locked"],
    "| `intact` |": ["scenarios_verify.py a_changed_record_row_is_named"],
    "| `named` |": ["EnvironmentVerifierTests.swift"],
    "| locks and declarations |": ["LockfilesTests.swift", "scenarios_documents.py formats_are_complete"],
    "| images |": ["scenarios_images.py every_store_says_the_same", "TransportTests.swift"],
    "| in images |": [
        "scenarios_inspect.py inspect_agrees_with_pip", "scenarios_inspect.py inspect_agrees_with_dpkg",
        "scenarios_bases.py inspect_agrees_with_rpm", "scenarios_bases.py inspect_agrees_with_conda_meta", "SystemInventoryTests.swift",
    ],
    "| models |": ["FixtureTests.swift", "WrittenFormatTests.swift", "scenarios_documents.py formats_are_complete"],
    "| environments on disk |": ["InstalledEnvironmentTests.swift", "scenarios_capture.py images_and_prefixes_are_captured"],
    "resolve a universal lock for one target": ["scenarios_changed_images.py a_universal_lock_is_narrowed_to_what_is_installed"],
    "| 0 |": ["scenarios_program.py the_demo_runs"],
    "| 1 |": ["scenarios_program.py the_demo_runs"],
    "| 2 |": ["scenarios_bad_input.py an_empty_file_is_refused", "scenarios_verify.py without_wheels_nothing_is_locked"],
    "| 64 |": ["scenarios_bad_input.py wrong_usage_is_64"],
    "- uses: <owner>/pinproof@<commit>": ["CIFilesTests.swift"],
}  # fmt: skip
