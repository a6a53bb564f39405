import type { Config } from "../../config/index.ts";
import { messageOf } from "../../core/errors/sandlot-error.ts";
import type { CliServices } from "../services.ts";
import { type Check, ok, warning } from "./check.ts";

/** Whether the images that no command builds by itself are there: without that of numerical programs, these run all the same. */
export async function imageChecks(config: Config, services: CliServices): Promise<Check[]> {
  const title = "numerical image";
  try {
    const images = await services.listImages(config);
    return images
      .filter(({ name }) => name.endsWith("-numerical"))
      .map(({ name, built }) =>
        built
          ? ok(title, `${name} is built`)
          : warning(
              title,
              `${name} is not built: programs of SandboxFusion's protocol that name numpy, scipy, sympy or pandas lack them`,
              `\`sandlot image build ${name}\``,
            ),
      );
  } catch (error) {
    return [warning(title, `cannot be told: ${messageOf(error)}`, "`sandlot image list` shows the images")];
  }
}
