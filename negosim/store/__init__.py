"""Results folders: manifests, parts, checksums, failures, and the lock of a folder that is being written."""
