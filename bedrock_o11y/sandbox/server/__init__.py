"""The server side of the sandbox: runs in its own interpreter and imports nothing of ours outside this folder."""
