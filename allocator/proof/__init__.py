"""The stored result, and its check from its inputs."""
