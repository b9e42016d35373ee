"""The JSON Schema of cluster.yaml, asked of public validators and of a real editor's language server."""
