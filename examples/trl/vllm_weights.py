"""A worker extension for vLLM: it takes new weights from a folder of safetensors files. Tried with 0.32, on CPUs.

    PYTHONPATH=examples/trl vllm serve … --worker-extension-cls vllm_weights.Extension \
        --weight-transfer-config '{"backend": "safetensors_folder"}'

A trainer with GPUs takes one of vLLM's own backends (`nccl`, `ipc`) instead: they move weights without a file.
"""

from dataclasses import dataclass
from pathlib import Path

import vllm._custom_ops as ops
from safetensors.torch import load_file
from vllm.distributed.weight_transfer.base import WeightTransferEngine, WeightTransferInitInfo, WeightTransferUpdateInfo
from vllm.distributed.weight_transfer.factory import WeightTransferEngineFactory

# On CPUs, vLLM packs the weights of linear layers for oneDNN and empties the parameters: they could not be replaced.
ops._supports_onednn = False


@dataclass
class InitInfo(WeightTransferInitInfo):
    pass


@dataclass
class UpdateInfo(WeightTransferUpdateInfo):
    path: str
    """Folder of the files, as the worker sees it."""


class SafetensorsFolder(WeightTransferEngine[InitInfo, UpdateInfo]):
    init_info_cls = InitInfo
    update_info_cls = UpdateInfo

    def init_transfer_engine(self, init_info):
        pass

    def start_weight_update(self):
        pass

    def update_weights(self, update_info):
        self.receive_weights(self.parse_update_info(update_info))

    def receive_weights(self, update_info):
        files = sorted(Path(update_info.path).glob("*.safetensors"))
        if not files:
            raise ValueError(f"no safetensors file in {update_info.path}")
        for file in files:
            self.model.load_weights(load_file(file).items())

    def finish_weight_update(self):
        pass

    def shutdown(self):
        pass


class Extension:
    """What `--worker-extension-cls` names: importing this module is what registers the backend."""


if "safetensors_folder" not in WeightTransferEngineFactory._registry:
    WeightTransferEngineFactory.register_engine("safetensors_folder", SafetensorsFolder)
