"""A budget for the monthly costs of the account. AWS notifies the topic when it is nearly reached or forecast to be.

It includes all costs of the account. A budget for one installation would need tags, which have no effect until they are
activated for billing.
"""

from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_sns as sns
from constructs import Construct

NEARLY, ALL = 80, 100


def monthly_budget_of(scope: Construct) -> float | None:
    """The budget in US dollars; None if the context has none. Raises ValueError if it is not an amount."""
    given = scope.node.try_get_context("monthly_budget")
    if given in (None, ""):
        return None
    try:
        amount = float(given)
    except (TypeError, ValueError):
        amount = 0
    if not 0 < amount < 1e9:
        raise ValueError(f"monthly_budget: {given} is not an amount of US dollars")
    return amount


def add_budget(scope: Construct, name: str, dollars: float, topic: sns.ITopic) -> None:
    budgets.CfnBudget(
        scope,
        "Budget",
        budget=budgets.CfnBudget.BudgetDataProperty(
            budget_name=name,
            budget_type="COST",
            time_unit="MONTHLY",
            budget_limit=budgets.CfnBudget.SpendProperty(amount=dollars, unit="USD"),
        ),
        notifications_with_subscribers=[_notice("ACTUAL", NEARLY, topic), _notice("FORECASTED", ALL, topic)],
    )


def _notice(kind: str, percent: int, topic: sns.ITopic) -> budgets.CfnBudget.NotificationWithSubscribersProperty:
    return budgets.CfnBudget.NotificationWithSubscribersProperty(
        notification=budgets.CfnBudget.NotificationProperty(
            notification_type=kind, comparison_operator="GREATER_THAN", threshold=percent, threshold_type="PERCENTAGE"
        ),
        subscribers=[budgets.CfnBudget.SubscriberProperty(subscription_type="SNS", address=topic.topic_arn)],
    )
