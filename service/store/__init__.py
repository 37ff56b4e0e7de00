"""The only SQL: tables and one method per intention, a transaction each."""
