"""The Whoosh index on arrays: files, writer, evaluation."""
