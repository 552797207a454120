"""Subscriptions by Stripe: checkout, webhook events, and the tier that a customer has paid for."""
