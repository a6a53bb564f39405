export { type CatalogueLanguage, type ImageCatalogue, readCatalogue, type ResolvedLanguage } from "./catalogue.ts";
export { imageFiles } from "./folder.ts";
export { type ImageLanguage, ImageManifest, type ManifestLimits, smokeTestFile } from "./manifest.ts";
export { fillCommand, fillEnvironment } from "./placeholders.ts";
export { imageReference } from "./reference.ts";
export { type ImageSource, readImageSource } from "./source.ts";
