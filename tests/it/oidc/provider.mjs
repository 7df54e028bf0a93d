// A real OpenID Connect provider for the tests: npm's oidc-provider, with people of the test's own and a plain login form.
//
//   node provider.mjs REDIRECT      the address that sign-ins come back to
//
// The folder AJANTASA_TEST_DIRECTORY holds its node_modules. It prints `listening on URL`. PUT /people/NAME with a JSON
// object makes a person with these claims; whoever gives that name in the form is that person.

import http from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const here = createRequire(pathToFileURL(`${process.env.AJANTASA_TEST_DIRECTORY}/package.json`));
const { default: Provider } = await import(pathToFileURL(here.resolve('oidc-provider')).href);

const people = new Map();
const claims = ['preferred_username', 'groups', 'towns'];

const server = http.createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [
    { client_id: 'ajantasa', client_secret: 'a secret of the tests', redirect_uris: [process.argv[2]] },
  ],
  claims: { openid: ['sub'], profile: claims },
  conformIdTokenClaims: false,
  cookies: { keys: ['of the tests'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/login/${interaction.uid}` },
  pkce: { required: () => true },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people.get(id) }) }),
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope('openid profile');
    await grant.save();
    return grant;
  },
});

const body = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
};

const answer = provider.callback();
server.on('request', async (request, response) => {
  const person = request.url.match(/^\/people\/(\w+)$/);
  if (person && request.method === 'PUT') {
    people.set(person[1], JSON.parse(await body(request)));
    response.end();
  } else if (request.url.startsWith('/login/') && request.method === 'GET') {
    response.setHeader('content-type', 'text/html');
    response.end('<form method="post"><input name="login" aria-label="name"><button id="in">In</button></form>');
  } else if (request.url.startsWith('/login/')) {
    const accountId = new URLSearchParams(await body(request)).get('login');
    const result = people.has(accountId) ? { login: { accountId } } : { error: 'access_denied' };
    await provider.interactionFinished(request, response, result);
  } else {
    answer(request, response);
  }
});
console.log(`listening on ${issuer}`);
