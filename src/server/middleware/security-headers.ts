import type { RequestHandler } from "express";
import helmet from "helmet";

/** The part of helmet that means something for an API: nothing of ours is framed, sniffed, cached or run as a page. */
export function securityHeaders(): RequestHandler[] {
  const headers = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    // TLS ends in front of us; who ends it decides about HSTS.
    strictTransportSecurity: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
    originAgentCluster: false,
  });
  return [
    headers,
    (_req, res, next) => {
      res.setHeader("cache-control", "no-store");
      next();
    },
  ];
}
