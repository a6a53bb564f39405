/** The toolbox's interpreter, by way of its own loader. */
export const TOOLBOX_PYTHON: readonly string[] = [
  "/sandlot/lib/ld.so",
  "--library-path",
  "/sandlot/lib",
  "/sandlot/bin/python3",
  "-E",
  "-s",
  "-S",
];

/** Starts the agent where the toolbox is mounted; its arguments follow. */
export const AGENT_COMMAND: readonly string[] = [...TOOLBOX_PYTHON, "/sandlot/agent/agent.py"];
