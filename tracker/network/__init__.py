"""The network: who is asked about a subject, where organisations take part, and what brought them together."""
