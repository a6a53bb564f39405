export { type CatalogueLanguage, type ImageCatalogue, readCatalogue, type ResolvedLanguage } from "./catalogue.ts";
export { folderDigest } from "./digest.ts";
export { type ImageLanguage, ImageManifest, type ManifestLimits } from "./manifest.ts";
export { type ImageSource, readImageSource } from "./source.ts";
