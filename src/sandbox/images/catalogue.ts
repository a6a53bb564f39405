import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { nearestName } from "../../core/nearest.ts";
import type { ImageLanguage } from "./manifest.ts";
import { type ImageSource, readImageSources } from "./source.ts";

/** Longest name that is compared with the known ones and shown in an error. */
const MAX_NAME = 100;

/** A language over all images. */
export interface CatalogueLanguage {
  readonly name: string;
  /** Those of all images, sorted. */
  readonly aliases: readonly string[];
  /** Images that run it, the default first. */
  readonly images: readonly ImageSource[];
  /** As the default image has it. */
  readonly language: ImageLanguage;
}

/** A language in the image that is to run it. */
export interface ResolvedLanguage {
  readonly image: ImageSource;
  /** The language's own name, whatever alias it was asked for by. */
  readonly name: string;
  readonly language: ImageLanguage;
}

/** What all images offer. */
export interface ImageCatalogue {
  /** By name. */
  readonly images: readonly ImageSource[];
  /** Throws `unknown_image` with the nearest name. */
  image(name: string): ImageSource;
  /** By name. */
  languages(): readonly CatalogueLanguage[];
  /**
   * A language by name or alias, in upper or lower case. Without an image, the language's default. Throws
   * `unknown_language` (also when the image lacks the language) and `unknown_image` with the nearest name.
   */
  resolve(language: string, image?: string): ResolvedLanguage;
}

/** Reads the manifests below `root`. Throws `invalid_config` when they contradict each other. */
export async function readCatalogue(root: string): Promise<ImageCatalogue> {
  return catalogueOf(await readImageSources(root));
}

export function catalogueOf(images: readonly ImageSource[]): ImageCatalogue {
  const languages = [...new Set(images.flatMap(({ manifest }) => Object.keys(manifest.languages)))]
    .sort()
    .map((name) => gather(name, images));
  const byName = indexNames(languages);
  return {
    images,
    image: (name) => pick(images, name),
    languages: () => languages,
    resolve: (asked, imageName) => {
      const found = byName.get(asked.toLowerCase());
      if (!found) throw new SandlotError("unknown_language", named(asked, byName.keys()));
      const { name } = found;
      const image = imageName === undefined ? found.images[0] : pick(images, imageName);
      const language = image?.manifest.languages[name];
      if (!image || !language)
        throw new SandlotError("unknown_language", { name: `${name} in the image ${imageName}` });
      return { image, name, language };
    },
  };
}

function gather(name: string, all: readonly ImageSource[]): CatalogueLanguage {
  const images = all.filter(({ manifest }) => Object.hasOwn(manifest.languages, name));
  const [first, ...more] = images.filter(({ manifest }) => manifest.languages[name]?.default);
  const language = first?.manifest.languages[name];
  if (!first || !language) throw contradiction(name, "no image runs it by default");
  if (more.length > 0) {
    throw contradiction(name, `${[first, ...more].map((it) => it.manifest.name).join(" and ")} run it by default`);
  }
  const aliases = new Set(images.flatMap(({ manifest }) => manifest.languages[name]?.aliases ?? []));
  return {
    name,
    aliases: [...aliases].sort(),
    images: [first, ...images.filter((image) => image !== first)],
    language,
  };
}

function indexNames(languages: readonly CatalogueLanguage[]): Map<string, CatalogueLanguage> {
  const byName = new Map<string, CatalogueLanguage>();
  for (const language of languages) {
    for (const name of [language.name, ...language.aliases]) {
      const other = byName.get(name);
      if (other && other !== language) throw contradiction(name, `${other.name} and ${language.name} both go by it`);
      byName.set(name, language);
    }
  }
  return byName;
}

function pick(images: readonly ImageSource[], name: string): ImageSource {
  const image = images.find(({ manifest }) => manifest.name === name);
  if (image) return image;
  throw new SandlotError(
    "unknown_image",
    named(
      name,
      images.map(({ manifest }) => manifest.name),
    ),
  );
}

function named(name: string, known: Iterable<string>): { name: string; nearest?: string } {
  const shown = name.slice(0, MAX_NAME);
  const nearest = nearestName(shown, known);
  return { name: shown, ...(nearest === undefined ? {} : { nearest }) };
}

function contradiction(language: string, problem: string): SandlotError {
  return new SandlotError("invalid_config", {
    source: "sandboxes/*/image.yaml",
    fields: [{ field: `languages.${language}`, problem }],
  });
}
