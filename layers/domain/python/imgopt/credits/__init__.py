"""The price of each step in credits, and the ledger of the credits that each owner has used."""
