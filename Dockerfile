# Foz in a container. Nobody is root in it; what must last lies in the volume /foz/data.
FROM denoland/deno:2.9.6

WORKDIR /foz
RUN mkdir data && chown -R deno:deno /foz
USER deno

# Packages first: they change seldom. The lock file says which, to the byte.
COPY --chown=deno:deno deno.json deno.lock ./
RUN deno install --frozen

COPY --chown=deno:deno core-wasm core-wasm
RUN deno task build
COPY --chown=deno:deno src src
RUN deno cache src/main.ts

VOLUME /foz/data
EXPOSE 8080
# Alive, not ready: without a generation there is nothing to answer from, and restarting would not help.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["deno", "eval", "Deno.exit((await fetch('http://127.0.0.1:8080/livez')).ok ? 0 : 1)"]

ENTRYPOINT ["deno", "run", "--quiet", "-A", "--node-modules-dir=manual", "src/main.ts"]
CMD ["up"]
