"""What work costs, and the ledger of what each owner has used."""
