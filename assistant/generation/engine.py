"""The process in which the built-in chat model runs, on OpenVINO GenAI. Started as a file; imports nothing of Dateline.

    python engine.py run FOLDER       serves the converted model in FOLDER until standard input ends
    python engine.py convert GGUF     writes the converted model beside the file, and ends

A process of its own for three reasons: OpenVINO holds Python's lock while it computes, a quarter of a second at a time,
and would hold up the page; converting takes 4 GB, which are given back when the process ends; and where memory runs out
the answer ends, not the server.

Requests are lines of JSON on standard input, and so is what becomes of them on standard output:

    {"id": 1, "messages": [{"role": "user", "content": "..."}], "tokens": 256, "stop": []}
        {"id": 1, "text": "..."} for each piece, then
        {"id": 1, "done": "stop", "read": 410, "written": 32}; "length" where it was cut at `tokens`
    {"id": 2, "messages": [...], "tokens": 1, "stop": []}
        the same; "probability" with it is that of the first token, by which it can be told how sure the model is
    {"cancel": 1}
        {"id": 1, "done": "cancelled", ...}
    {"id": 3, ...} of what cannot be done
        {"id": 3, "error": "..."}

Requests share the processor: whatever is waiting is read and written in one batch, and what several begin with alike is
read once (Kwon et al. 2023, "Efficient Memory Management for Large Language Model Serving with PagedAttention").
"""

from __future__ import annotations

import json
import math
import queue
import sys
import threading
from pathlib import Path
from typing import Any

# OpenVINO would report to its maker's server, see vectorstore/indexes/weights.py.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

# Prompts are read so many tokens at a time, between which cancelling is heard: a quarter of a second on two slow cores.
# More at a time is no faster (3.4 ms a token at 64 and at 256; 5.1 at 16).
TOKENS_AT_A_TIME = 64
# Blocks of 32 tokens: 12,288, some 350 MB, for the prompts in work and for what they began with before.
BLOCKS = 384
LONGEST_PROMPT = 4096
AT_ONCE = 8
# In bf16 the odds of Yes come in steps of .03, and with an 8-bit cache they move by as much between runs; reading is a
# tenth slower for it.
PRECISION = {"INFERENCE_PRECISION_HINT": "f32", "KV_CACHE_PRECISION": "f16"}


class Running:
    """One request that the model works on."""

    def __init__(self, handle: Any, read: int) -> None:
        self.handle = handle
        self.read = read
        self.tokens: list[int] = []
        self.said = ""
        self.probability: float | None = None
        self.cancelled = False


class Engine:
    """All of it in one thread: OpenVINO's pipeline is stepped by hand, one batch of tokens at a time."""

    def __init__(self, folder: str) -> None:
        import openvino_genai as genai

        scheduler = genai.SchedulerConfig()
        scheduler.enable_prefix_caching = True
        scheduler.dynamic_split_fuse = True
        scheduler.num_kv_blocks = BLOCKS
        scheduler.max_num_batched_tokens = TOKENS_AT_A_TIME
        scheduler.max_num_seqs = AT_ONCE
        self._genai = genai
        self._pipeline = genai.ContinuousBatchingPipeline(folder, scheduler, "CPU", PRECISION)
        self._tokenizer = self._pipeline.get_tokenizer()
        self._running: dict[int, Running] = {}
        self._inbox: queue.Queue[dict[str, Any] | None] = queue.Queue()

    def serve(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()
        tell(ready=True)
        while self._take():
            self._pipeline.step()
            for number in list(self._running):
                self._report(number)

    def _listen(self) -> None:
        for line in sys.stdin:
            self._inbox.put(json.loads(line))
        self._inbox.put(None)

    def _take(self) -> bool:
        """Take in what has come, waiting when there is nothing to do; False when no more will come."""
        while not self._inbox.empty() or not self._running:
            asked = self._inbox.get()
            if asked is None:
                return False
            if "cancel" in asked:
                if running := self._running.get(asked["cancel"]):
                    running.cancelled = True
                    running.handle.cancel()
                continue
            try:
                self._begin(asked)
            except Exception as error:
                tell(id=asked["id"], error=str(error).strip() or type(error).__name__)
        return True

    def _begin(self, asked: dict[str, Any]) -> None:
        prompt = self._tokenizer.apply_chat_template(asked["messages"], add_generation_prompt=True)
        tokens = self._tokenizer.encode(prompt, add_special_tokens=False).input_ids
        if (read := tokens.shape[1]) > LONGEST_PROMPT:
            raise ValueError(f"the prompt has {read:,} tokens, and {LONGEST_PROMPT:,} can be read")
        config = self._genai.GenerationConfig()
        config.max_new_tokens = asked["tokens"]
        config.do_sample = False
        config.logprobs = 1
        config.apply_chat_template = False
        if asked["stop"]:
            config.stop_strings = set(asked["stop"])
        self._running[asked["id"]] = Running(self._pipeline.add_request(asked["id"], tokens, config), read)

    def _report(self, number: int) -> None:
        """What the last step has brought of a request."""
        running = self._running[number]
        reason = self._genai.GenerationFinishReason.NONE
        while running.handle.can_read() and not running.cancelled:
            for output in running.handle.read().values():
                running.tokens += output.generated_ids
                reason = output.finish_reason
                if running.probability is None and output.generated_log_probs:
                    running.probability = math.exp(output.generated_log_probs[0])
        finished = reason != self._genai.GenerationFinishReason.NONE or running.cancelled
        text = self._tokenizer.decode(running.tokens) if running.tokens else ""
        whole = text if finished else text.rstrip("\ufffd")  # a character can take several tokens
        if len(whole) > len(running.said):
            tell(id=number, text=whole[len(running.said) :])
            running.said = whole
        if finished:
            del self._running[number]
            length = reason == self._genai.GenerationFinishReason.LENGTH
            done = "cancelled" if running.cancelled else "length" if length else "stop"
            counted = {"read": running.read, "written": len(running.tokens), "probability": running.probability}
            tell(id=number, done=done, **counted)


def convert(gguf: str) -> None:
    """Write the model of a GGUF file as OpenVINO reads it, with its tokenizer, beside it."""
    import openvino_genai as genai

    genai.LLMPipeline(gguf, "CPU", enable_save_ov_model=True)


def tell(**event: Any) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1] == "convert":
        convert(str(Path(sys.argv[2])))
    else:
        Engine(sys.argv[2]).serve()
