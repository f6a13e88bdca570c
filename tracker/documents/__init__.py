"""Documents: small files and links on dossiers, positions and contacts, with the rights of what they hang on."""
