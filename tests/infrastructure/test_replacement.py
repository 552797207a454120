"""Resources that a deployment must not replace keep their logical ids and key properties."""

import pytest

# Of the stacks' names by default. A resource that moves to another id is a new one, and empty.
HOLD_DATA = {
    "AWS::DynamoDB::Table": {"TableCD117FA1"},
    "AWS::S3::Bucket": {"AccessLogs8B620ECA", "Uploads4F6EB0FD", "Results25575328"},
    "AWS::Cognito::UserPool": {"Users0A0EEA89"},
    "AWS::SecretsManager::Secret": {"SigningSecretCF7EC744"},
    "AWS::SQS::Queue": {"DeadLettersBBF8BAAB", "CallbacksC17DEF61", "UpscalesLarge476F57DA", "FailedRuns6F7FC7C6"},
    "AWS::StepFunctions::StateMachine": {"StateMachine2E01A3A5", "ExpressMachineB8C57064"},
}
# Properties whose change is a replacement, as CloudFormation's reference of each type says.
KEY = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
NAMED = ("TableName", "BucketName", "UserPoolName", "Name", "QueueName", "FifoQueue")


@pytest.mark.parametrize("kind", HOLD_DATA)
def test_resources_that_hold_data_keep_their_logical_ids(of_type, kind):
    assert {*of_type(kind)} == HOLD_DATA[kind]


def test_table_keeps_its_key(of_type):
    (table,) = of_type("AWS::DynamoDB::Table").values()
    assert table["KeySchema"] == KEY


def test_users_keep_what_they_sign_in_with(of_type):
    (users,) = of_type("AWS::Cognito::UserPool").values()
    assert (users["UsernameAttributes"], users.get("AliasAttributes")) == (["email"], None)


@pytest.mark.parametrize("kind", HOLD_DATA)
def test_resources_that_hold_data_are_named_by_cloudformation(of_type, kind):
    names = {properties[name] for properties in of_type(kind).values() for name in NAMED if name in properties}
    assert names == set()


def test_state_machines_keep_their_names_and_types(of_type):
    machines = of_type("AWS::StepFunctions::StateMachine").values()
    names = {machine.get("StateMachineType"): machine["StateMachineName"] for machine in machines}
    assert names == {None: "ImgoptPipeline-Jobs", "EXPRESS": "ImgoptPipeline-ExpressJobs"}
