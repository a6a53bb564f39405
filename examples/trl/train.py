"""GRPO by TRL, of a policy that vLLM serves and Sandlot plays.

Sandlot makes every model call, tool call and reward; this program reads token ids and log-probabilities from its samples,
takes a gradient step, and hands the new weights to the engines. README.md says how to start all three.
"""

import argparse
import math
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
from transformers.utils.logging import disable_progress_bar
from trl import GRPOConfig, GRPOTrainer

from sandlot_client import Sandlot, request

# The policy as it is: whatever the model's own generation_config.json would have vLLM do to its distribution is undone.
ON_POLICY = {"temperature": 1, "top_p": 1, "top_k": 0, "min_p": 0, "repetition_penalty": 1}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, help="folder of the weights that vLLM serves now")
    parser.add_argument("--server", default="http://127.0.0.1:7461", help="Sandlot")
    parser.add_argument("--replicas", nargs="+", default=["http://127.0.0.1:8101"], help="the engines, as in sandlot.yaml")
    parser.add_argument("--weights", type=Path, help="folder that the engines can read, too (default: a temporary one)")
    parser.add_argument("--environment", default="boxes")
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--tasks", type=int, default=8, help="of a step")
    parser.add_argument("--group", type=int, default=8, help="rollouts of a task")
    parser.add_argument("--learning-rate", type=float, default=3e-4)
    parser.add_argument("--max-output-tokens", type=int, default=80, help="of one turn")
    return parser.parse_args()


class Fleet:
    """The engines behind a model of Sandlot's, and the version of their weights."""

    def __init__(self, sandlot, model, replicas, folder):
        self._sandlot, self._model, self._replicas, self._folder = sandlot, model, replicas, folder
        self.version = None

    def load(self, model, version):
        """New weights, between two calls of every rollout: nobody fails for it, and every call says which it was made with."""
        model.save_pretrained(self._folder)
        self._order("pause", mode="wait")
        with ThreadPoolExecutor() as pool:
            problems = dict(zip(self._replicas, pool.map(lambda url: self._update(url, version), self._replicas)))
        failed = [urlsplit(url).netloc for url, problem in problems.items() if problem]
        self._order("resume", weight_version=version, failed=failed)
        if len(failed) == len(self._replicas):
            raise RuntimeError(f"no engine has taken the weights: {problems}")
        self.version = version

    def _order(self, order, **body):
        self._sandlot.post(f"/api/v1/models/{self._model}/{order}", body)

    def _update(self, url, version):
        """Why an engine has not taken the weights; None when it has."""
        try:
            # Every time: the engine may have been started anew.
            request("POST", f"{url}/init_weight_transfer_engine", {"init_info": {}})
            request("POST", f"{url}/start_weight_update", None)
            request("POST", f"{url}/update_weights", {"update_info": {"path": str(self._folder.resolve())}})
            request("POST", f"{url}/finish_weight_update", {"weight_version": version})
        except (OSError, RuntimeError) as error:
            return str(error)


class Rollouts:
    """TRL's `rollout_func`: tasks in, what the policy did out."""

    def __init__(self, args, sandlot, fleet):
        self._args, self._sandlot, self._fleet = args, sandlot, fleet
        self.last = {}

    def __call__(self, task_ids, trainer):
        """Each task comes once for each rollout of its group, as TRL repeats it."""
        version = f"step-{trainer.state.global_step}"
        started = time.monotonic()
        if self._fleet.version != version:
            self._fleet.load(trainer.accelerator.unwrap_model(trainer.model), version)
        loaded = time.monotonic()
        samples = self.play("train", list(dict.fromkeys(task_ids)), self._args.group)
        played = time.monotonic()
        by_rollout = {}
        for sample in samples:
            by_rollout.setdefault((sample["task_id"], sample["rollout_index"]), []).append(sample)
        seen = dict.fromkeys(task_ids, -1)
        chosen = []
        for task in task_ids:
            seen[task] += 1
            # A rollout whose turns do not join is several sequences. TRL takes one: that with most to learn from.
            chosen.append(max(by_rollout[task, seen[task]], key=lambda sample: sum(sample["loss_mask"])))
        gap = logprob_gap(trainer.model, chosen, trainer.processing_class.pad_token_id)
        self.last = {
            **summary(samples, len(task_ids)),
            **gap,
            "stale": sum(
                span["end"] - span["start"]
                for sample in samples
                for span in sample["spans"]
                if span["weight_version"] != version
            ),
            "load_s": loaded - started,
            "play_s": played - loaded,
        }
        return {
            "prompt_ids": [sample["prompt_ids"] for sample in chosen],
            "completion_ids": [sample["response_ids"] for sample in chosen],
            "logprobs": [sample["logprobs"] for sample in chosen],
            # Of what must not be trained on no token counts, and None keeps it out of its group's mean.
            "env_mask": [[0] * len(s["loss_mask"]) if s["mask"] else s["loss_mask"] for s in chosen],
            "reward": [None if sample["mask"] else sample["reward"] for sample in chosen],
        }

    def play(self, dataset, task_ids, repeats, **sampling):
        return self._sandlot.play(
            environment=self._args.environment,
            model="policy",
            tasks={"dataset": dataset, "task_ids": task_ids},
            repeats=repeats,
            sampling={**ON_POLICY, "max_output_tokens": self._args.max_output_tokens, **sampling},
            on_truncated={"value": 0},
        )


def summary(samples, rollouts):
    """The mean reward; which rollouts are one sequence of tokens, and why the others are not."""
    firsts = [sample for sample in samples if sample["branch"] == 0]
    rewards = [sample["reward"] for sample in firsts if sample["reward"] is not None]
    breaks = [sample["break"]["reason"] for sample in samples if sample["break"]]
    return {
        "reward": sum(rewards) / max(1, len(rewards)),
        "masked": rollouts - len(rewards),
        "contiguous": 1 - len({sample["rollout_id"] for sample in samples if sample["branch"] > 0}) / rollouts,
        "breaks": {reason: breaks.count(reason) for reason in set(breaks)},
    }


@torch.no_grad()
def logprob_gap(model, samples, pad):
    """How far the trainer's log-probabilities of the sampled tokens are from the engine's: their mean and largest distance."""
    sequences = [sample["prompt_ids"] + sample["response_ids"] for sample in samples]
    width = max(map(len, sequences))
    ids = torch.tensor([ids + [pad] * (width - len(ids)) for ids in sequences], device=model.device)
    attention = torch.tensor([[1] * len(ids) + [0] * (width - len(ids)) for ids in sequences], device=model.device)
    logits = model(input_ids=ids, attention_mask=attention).logits[:, :-1].float()
    ours = logits.log_softmax(-1).gather(-1, ids[:, 1:, None]).squeeze(-1)
    gaps = [
        abs(ours[row, len(sample["prompt_ids"]) - 1 + at].item() - sample["logprobs"][at])
        for row, sample in enumerate(samples)
        for at, trained in enumerate(sample["loss_mask"])
        if trained
    ]
    return {"gap": math.fsum(gaps) / max(1, len(gaps)), "gap_max": max(gaps, default=0.0)}


def verified(reward, **_):
    """The environment's rewards, as `Rollouts` has passed them on."""
    return reward


class Curve(TrainerCallback):
    """Prints what each step was made of."""

    def __init__(self, rollouts):
        self._rollouts, self._started = rollouts, time.monotonic()

    def on_step_end(self, args, state, control, **_):
        last, now = self._rollouts.last, time.monotonic()
        text = (
            "step {step:3d}  reward {reward:.3f}  |log-prob difference| mean {gap:.1e} max {gap_max:.1e}  "
            "contiguous {contiguous:.0%} {breaks}  masked {masked}  of old weights {stale}  "
            "{total:.1f} s: weights {load_s:.1f}, rollouts {play_s:.1f}"
        )
        print(text.format(step=state.global_step, total=now - self._started, **last), flush=True)
        self._started = now


def main():
    args = arguments()
    disable_progress_bar()
    with tempfile.TemporaryDirectory() as folder:
        train(args, args.weights or Path(folder))


def train(args, folder):
    sandlot = Sandlot(args.server)
    tokenizer = AutoTokenizer.from_pretrained(args.model, padding_side="left")
    model = AutoModelForCausalLM.from_pretrained(args.model, dtype=torch.float32)
    fleet = Fleet(sandlot, "policy", args.replicas, folder)
    rollouts = Rollouts(args, sandlot, fleet)

    held_out = sandlot.task_ids(args.environment, "held_out")

    def score(name):
        sampled = summary(rollouts.play("held_out", held_out, args.group), len(held_out) * args.group)
        greedy = summary(rollouts.play("held_out", held_out, 1, temperature=0), len(held_out))
        print(f"{name}: held out, sampled {sampled['reward']:.3f}, greedy {greedy['reward']:.3f}", flush=True)

    batch = args.tasks * args.group
    config = GRPOConfig(
        output_dir=str(folder / "trainer"),
        per_device_train_batch_size=batch,
        num_generations=args.group,
        max_steps=args.steps,
        learning_rate=args.learning_rate,
        lr_scheduler_type="constant",
        beta=0.0,
        use_cpu=not torch.cuda.is_available(),
        bf16=False,
        save_strategy="no",
        report_to=[],
        logging_strategy="no",
        disable_tqdm=True,
    )
    # The prompt that TRL passes on is the task's id: Sandlot knows the rest.
    tasks = Dataset.from_list([{"prompt": task} for task in sandlot.task_ids(args.environment, "train")])
    trainer = GRPOTrainer(
        model=model,
        args=config,
        train_dataset=tasks,
        processing_class=tokenizer,
        reward_funcs=[verified],
        rollout_func=rollouts,
        callbacks=[Curve(rollouts)],
    )
    fleet.load(model, "step-0")
    score("before")
    started = time.monotonic()
    trainer.train()
    fleet.load(trainer.accelerator.unwrap_model(trainer.model), f"step-{args.steps}")
    print(f"{args.steps} steps in {time.monotonic() - started:.0f} s", flush=True)
    score("after")


if __name__ == "__main__":
    main()
