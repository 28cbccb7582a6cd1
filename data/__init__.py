"""What is remembered: the database, its repositories, and the knowledge that agents answer from."""
