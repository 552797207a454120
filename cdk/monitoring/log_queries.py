"""Log queries for operators, saved in CloudWatch Logs Insights in a folder with the installation's name."""

from collections.abc import Mapping

# The queries by name.
QUERIES: Mapping[str, str] = {
    "A job": """# REFERENCE: printf %s ID | sha256sum | cut -c1-16
fields @timestamp, stage, level, message, reason, milliseconds
| filter job_id = "REFERENCE"
| sort @timestamp asc
| limit 500""",
    "Errors": """fields @timestamp, message, stage, route, job_id, exception_name, exception
| filter level = "ERROR"
| sort @timestamp desc
| limit 100""",
    "Why jobs fail": """filter message in ["stage refused", "stage failed", "job had not ended"]
| stats count(*) as jobs by message, stage, reason, exception_name
| sort jobs desc""",
    "Time of stages": """filter message = "stage done"
| stats count(*), pct(milliseconds, 50), pct(milliseconds, 95), max(milliseconds) by stage""",
    "Requests by route": """filter message = "request"
| stats count(*) as requests, pct(milliseconds, 95), max(milliseconds), sum(status >= 500) by method, route
| sort requests desc""",
    "Slow requests": """fields @timestamp, method, route, status, milliseconds, owner
| filter message = "request" and milliseconds > 3000 and route not like /stream/
| sort milliseconds desc
| limit 100""",
    "Callbacks": """filter message = "callback"
| stats count(*) by status, answered""",
    "What AWS refused": """filter message in ["AWS is busy", "AWS did not answer"]
| stats count(*) as refused by operation, reason, @log
| sort refused desc""",
    "Refused credentials": """filter message = "audit" and event = "credential refused"
| stats count(*) as refused by client
| sort refused desc
| limit 50""",
    "Starts of functions": """# Where the option platform_logs is on
filter type = "platform.report"
| stats count(record.metrics.initDurationMs) as starts, max(record.metrics.initDurationMs),
  max(record.metrics.maxMemoryUsedMB) by @log
| sort starts desc""",
}
