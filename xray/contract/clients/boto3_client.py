"""Calls X-Ray through boto3 as a JSON list on standard input says, and prints the answers as a JSON list.

A request is {"operation": "GetGroups", "input": {}}: one call, or, with "paginate": true, every page of botocore's
paginator. An answer is {"output": {}}, {"pages": [{}]} or {"error": {"kind": "", "code": "", "message": ""}}; times are
epoch seconds both ways. boto3 checks each input against AWS's service model before it is sent.
"""

import datetime
import json
import sys

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

client = boto3.client(
    "xray", config=Config(parameter_validation=True, retries={"total_max_attempts": 1})
)


def without_metadata(output):
    return {key: value for key, value in output.items() if key != "ResponseMetadata"}


def known_members(operation, members):
    """AWS adds members; a boto3 of some months ago refuses those it has not heard of."""
    shape = client.meta.service_model.operation_model(operation).input_shape
    return {name: value for name, value in members.items() if name in shape.members}


def answer(request):
    method = xform_name(request["operation"])
    request["input"] = known_members(request["operation"], request["input"])
    try:
        if request.get("paginate"):
            pages = client.get_paginator(method).paginate(**request["input"])
            return {"pages": [without_metadata(page) for page in pages]}
        return {"output": without_metadata(getattr(client, method)(**request["input"]))}
    except ClientError as error:
        kind, told = type(error).__name__, error.response["Error"]
        return {"error": {"kind": kind, "code": told["Code"], "message": told["Message"]}}
    except ParamValidationError as error:
        return {"error": {"kind": "ParamValidationError", "code": "", "message": str(error)}}


def epoch_seconds(value):
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    raise TypeError(f"{value!r} is no part of an X-Ray answer")


requests = json.load(sys.stdin)
operations = sorted(client.meta.service_model.operation_names)
paginated = [name for name in operations if client.can_paginate(xform_name(name))]
answers = [answer(request) for request in requests]
json.dump(
    {"operations": operations, "paginated": paginated, "answers": answers},
    sys.stdout,
    default=epoch_seconds,
)
