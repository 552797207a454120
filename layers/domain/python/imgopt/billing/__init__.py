"""Subscriptions by Stripe: checkout, events, and what a customer has paid for."""
