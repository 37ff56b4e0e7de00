"""What keeps the house standing: the embedded PostgreSQL, the doctor."""
