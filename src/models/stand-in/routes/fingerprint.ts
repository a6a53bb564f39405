/** `system_fingerprint`: where vLLM names its build. */
export const FINGERPRINT = "vllm-0.32.0-stand-in";
