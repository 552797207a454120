"""Whether the model in Bedrock that tags images can be used."""

from typing import Any

from cdk.account.aws import AwsAccount, NoSuchResource, NotChecked
from cdk.account.installation import Installation
from cdk.account.model import Finding, missing, ok, unknown
from cdk.bedrock_models import model_of
from cdk.context import ModelChoice

ALTERNATIVES = '-c settings=\'{"IMGOPT_TAGGING_MODEL_ID": "..."}\', or IMGOPT_TAGGING_REGION, or IMGOPT_TAGGER none'
UNKNOWN_STATUS = "not told"
AVAILABLE = {
    "authorizationStatus": "AUTHORIZED",
    "entitlementAvailability": "AVAILABLE",
    "regionAvailability": "AVAILABLE",
}


def uses_bedrock(installation: Installation) -> bool:
    return installation.model.tagger == "bedrock"


def has_profile(installation: Installation) -> bool:
    """Whether the model is called through an inference profile, which may use other regions."""
    name = installation.model.name
    return uses_bedrock(installation) and ("inference-profile/" in name or model_of(name) != name.rpartition("/")[2])


def has_model(installation: Installation) -> bool:
    """Whether the model is one of Bedrock's catalog, and not a custom one."""
    name = installation.model.name
    own = not name.startswith("arn:") or "foundation-model/" in name or "inference-profile/" in name
    return uses_bedrock(installation) and own


def profile(account: AwsAccount, installation: Installation) -> Finding:
    model = installation.model
    try:
        ask_profile(account, model)
    except NoSuchResource:
        return missing(f"{model.name} is not known in {model.region}", models_of(model), ALTERNATIVES)
    return ok(f"{model.name} can be called from {model.region}")


def lifecycle(account: AwsAccount, installation: Installation) -> Finding:
    model = installation.model
    if not model.name:
        return missing(f"no default model is known for {model.region}; name one that reads images", ALTERNATIVES)
    try:
        name = underlying_model(account, model)
        known = account.ask("bedrock", "get_foundation_model", region=model.region, modelIdentifier=name)
    except NoSuchResource:
        return not_known(installation)
    details = known.get("modelDetails", {})
    status = details.get("modelLifecycle", {}).get("status", UNKNOWN_STATUS)
    if status == "LEGACY":
        text = f"{name} is a legacy model, which accounts that have not used it yet can't use"
        return missing(text, models_of(model), ALTERNATIVES)
    if "IMAGE" not in details.get("inputModalities", ["IMAGE"]):
        return missing(f"{name} does not accept images", models_of(model), ALTERNATIVES)
    return ok(f"{name} is active") if status == "ACTIVE" else unknown(f"the state of {name} is {status}")


def access(account: AwsAccount, installation: Installation) -> Finding:
    model = installation.model
    try:
        name = underlying_model(account, model)
        found = account.ask("bedrock", "get_foundation_model_availability", region=model.region, modelId=name)
    except NoSuchResource:
        return not_known(installation)
    known = {key: found.get(key, UNKNOWN_STATUS) for key in AVAILABLE}
    if not name.startswith("amazon."):  # models of other vendors need an agreement
        known["agreement"] = found.get("agreementAvailability", {}).get("status", UNKNOWN_STATUS)
    bad = {key: value for key, value in known.items() if value != AVAILABLE.get(key, "AVAILABLE")}
    if not bad:
        return ok(f"this account may use {name}")
    text = f"for {name}, {', '.join(f'{key} is {value}' for key, value in bad.items())}"
    if UNKNOWN_STATUS in bad.values():
        return unknown(text)
    return missing(f"{text}; use it once in the catalog, which accepts its agreement", catalog(account, model))


def not_known(installation: Installation) -> Finding:
    """The finding for a model that this region does not know. A profile may call it in other regions."""
    model = installation.model
    text = f"{model_of(model.name)} is not known in {model.region}"
    return unknown(text) if has_profile(installation) else missing(text, models_of(model), ALTERNATIVES)


def underlying_model(account: AwsAccount, model: ModelChoice) -> str:
    """The model behind an inference profile. AWS's profiles contain its name; others have to be looked up."""
    if ":application-inference-profile/" not in model.name:
        return model_of(model.name)
    for each in ask_profile(account, model).get("models", []):
        return model_of(each["modelArn"])
    raise NotChecked(f"not checked: bedrock:GetInferenceProfile returned no model for {model.name}")


def ask_profile(account: AwsAccount, model: ModelChoice) -> dict[str, Any]:
    identifier = model.name if "application" in model.name else model.name.rpartition("/")[2]
    return account.ask("bedrock", "get_inference_profile", region=model.region, inferenceProfileIdentifier=identifier)


def models_of(model: ModelChoice) -> str:
    """The command that lists alternatives."""
    wanted = "--by-input-modality IMAGE --by-output-modality TEXT"
    return f"aws bedrock list-foundation-models {wanted} --region {model.region}"


def catalog(account: AwsAccount, model: ModelChoice) -> str:
    host = {"aws-us-gov": "console.amazonaws-us-gov.com"}.get(account.partition, "console.aws.amazon.com")
    return f"https://{model.region}.{host}/bedrock/home?region={model.region}#/model-catalog"
