// A certified OpenID provider (oidc-provider) for the browser test: node provider.mjs PORT OUR_ADDRESS
import { Provider } from "oidc-provider";

const [port, ours] = process.argv.slice(2);
const issuer = `http://localhost:${port}`;
const people = {
  eva: { email: "fundraiser@amsterdam.nl", email_verified: true, name: "Eva" },
  onbekend: { email: "onbekend@amsterdam.nl", email_verified: true, name: "Onbekend" },
};

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "kansenradar",
      client_secret: "geheim",
      redirect_uris: [`${ours}/inloggen/met/organisatie/terug`],
      post_logout_redirect_uris: [`${ours}/inloggen`],
      backchannel_logout_uri: `${ours}/inloggen/met/organisatie/afgemeld`,
      backchannel_logout_session_required: true,
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
  pkce: { required: () => true },
  cookies: { keys: ["een sleutel voor een test"] },
  fetch: (url, { dispatcher, ...options }) => fetch(url, options), // its own refuses this machine
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
});
provider.listen(Number(port), "localhost", () => console.log("listening"));
