"""Agents of the unmodified clients for Python, each pointed at one base URL: a few turns with a tool. Prints what each was told."""

import json
import sys

import anthropic
import openai

root, turns = sys.argv[1], 4
NAME, ABOUT = "add", "Add two integers"
SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
    "required": ["a", "b"],
}


def chat():
    client = openai.OpenAI(base_url=root + "/v1", api_key="none")
    tools = [{"type": "function", "function": {"name": NAME, "description": ABOUT, "parameters": SCHEMA}}]
    messages = [{"role": "user", "content": "What is 17 + 25?"}]
    for _ in range(turns):
        message = client.chat.completions.create(model="policy", messages=messages, tools=tools).choices[0].message
        messages.append(message.model_dump(exclude_none=True))
        for call in message.tool_calls or []:
            messages.append({"role": "tool", "tool_call_id": call.id, "content": "42"})
        if not message.tool_calls:
            messages.append({"role": "user", "content": "And 1 + 2?"})
    return len(messages)


def responses():
    client = openai.OpenAI(base_url=root + "/v1", api_key="none")
    tools = [{"type": "function", "name": NAME, "description": ABOUT, "parameters": SCHEMA, "strict": False}]
    items = [{"role": "user", "content": "What is 17 + 25?"}]
    for _ in range(turns):
        with client.responses.stream(model="policy", input=items, tools=tools) as stream:
            output = stream.get_final_response().output
        items += [item.model_dump(exclude_none=True) for item in output]
        calls = [item for item in output if item.type == "function_call"]
        items += [{"type": "function_call_output", "call_id": call.call_id, "output": "42"} for call in calls]
        if not calls:
            items.append({"role": "user", "content": "And 1 + 2?"})
    return len(items)


def messages():
    client = anthropic.Anthropic(base_url=root, api_key="none")
    tools = [{"name": NAME, "description": ABOUT, "input_schema": SCHEMA}]
    history = [{"role": "user", "content": "What is 17 + 25?"}]
    for turn in range(turns):
        request = {"model": "policy", "max_tokens": 500, "messages": history, "tools": tools}
        if turn % 2:
            with client.messages.stream(**request) as stream:
                message = stream.get_final_message()
        else:
            message = client.messages.create(**request)
        history.append({"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in message.content]})
        results = [
            {"type": "tool_result", "tool_use_id": block.id, "content": "42"}
            for block in message.content
            if block.type == "tool_use"
        ]
        history.append({"role": "user", "content": results or "And 1 + 2?"})
    return len(history)


print(json.dumps({sys.argv[2]: {"chat": chat, "responses": responses, "messages": messages}[sys.argv[2]]()}))
