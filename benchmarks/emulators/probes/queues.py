"""SQS: a message is delivered, hidden from other receivers, and deleted."""

from benchmarks.emulators.server import Server


def queues(server: Server) -> str:
    client = server.client("sqs")
    url = client.create_queue(QueueName="messages")["QueueUrl"]
    client.send_message(QueueUrl=url, MessageBody="one")
    (message,) = client.receive_message(QueueUrl=url, VisibilityTimeout=30, WaitTimeSeconds=2)["Messages"]
    if client.receive_message(QueueUrl=url).get("Messages"):
        return "delivered twice"
    client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return "yes"
