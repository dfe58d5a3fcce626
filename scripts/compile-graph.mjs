// Compiles programs without running a line of them: each is imported beside a name that does not exist. Node loads a whole
// graph of modules, with all it compiles on the way, before it links the first of them, and there it fails. What was compiled
// goes to NODE_COMPILE_CACHE when this process ends.
import { pathToFileURL } from 'node:url';

const nothing = 'data:text/javascript,';
for (const program of process.argv.slice(2)) {
  const source = `import ${JSON.stringify(pathToFileURL(program).href)}; import { x } from ${JSON.stringify(nothing)};`;
  await import(`data:text/javascript,${encodeURIComponent(source)}`).catch((error) => {
    if (!(error instanceof SyntaxError)) throw error;
  });
}
