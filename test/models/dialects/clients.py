"""Drives the unmodified clients of OpenAI and Anthropic against the server at argv[1]; prints what they read, as JSON."""

import json
import sys

import anthropic
import openai

url = sys.argv[1]
oai = openai.OpenAI(base_url=f"{url}/v1", api_key="k")
ant = anthropic.Anthropic(base_url=url, api_key="k")
MESSAGES = [{"role": "user", "content": "hi"}]
ASK = {"messages": MESSAGES, "max_tokens": 16}


def chat_whole():
    return oai.chat.completions.create(model="tools", messages=MESSAGES).to_dict()


def chat_stream():
    with oai.chat.completions.stream(
        model="tools", messages=MESSAGES, stream_options={"include_usage": True}
    ) as stream:
        for _ in stream:
            pass
        return stream.get_final_completion().to_dict()


def responses_whole():
    return oai.responses.create(model="tools", input="hi").to_dict()


def responses_stream():
    with oai.responses.stream(model="tools", input="hi") as stream:
        kinds = [event.type for event in stream]
        return {"kinds": kinds, "final": stream.get_final_response().to_dict()}


def responses_incomplete():
    return [event.to_dict() for event in oai.responses.create(model="long", input="hi", stream=True)][-1]


def message_whole():
    return ant.messages.create(model="tools", **ASK).to_dict()


def message_stream():
    with ant.messages.stream(model="tools", **ASK) as stream:
        texts = list(stream.text_stream)
        return {"texts": texts, "final": stream.get_final_message().to_dict()}


def message_long():
    return ant.messages.create(model="long", **ASK).to_dict()


def failure(call):
    try:
        call()
    except (openai.APIError, anthropic.APIError) as error:
        return {
            "kind": type(error).__name__,
            "status": getattr(error, "status_code", None),
            "code": getattr(error, "code", None),
            "text": str(error),
        }
    return None


def broken_message():
    with ant.messages.stream(model="breaking", **ASK) as stream:
        stream.get_final_message()


def broken_chat():
    for _ in oai.chat.completions.create(model="breaking", messages=MESSAGES, stream=True):
        pass


def broken_response():
    events = oai.responses.create(model="breaking", input="hi", stream=True)
    return [event.to_dict() for event in events][-1]


print(
    json.dumps(
        {
            "chat": chat_whole(),
            "chat_stream": chat_stream(),
            "responses": responses_whole(),
            "responses_stream": responses_stream(),
            "responses_incomplete": responses_incomplete(),
            "message": message_whole(),
            "message_stream": message_stream(),
            "message_long": message_long(),
            "chat_unknown": failure(lambda: oai.chat.completions.create(model="nope", messages=MESSAGES)),
            "chat_full": failure(lambda: oai.chat.completions.create(model="full", messages=MESSAGES)),
            "message_unknown": failure(lambda: ant.messages.create(model="nope", **ASK)),
            "message_full": failure(lambda: ant.messages.create(model="full", **ASK)),
            "message_broken": failure(broken_message),
            "chat_broken": failure(broken_chat),
            "responses_broken": broken_response(),
        }
    )
)
