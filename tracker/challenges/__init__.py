"""The agenda: its opgaven, their tree, the teams on them, and what they brought."""
