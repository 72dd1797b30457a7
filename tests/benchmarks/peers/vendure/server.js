// Vendure as it comes, with a country, a tax rate, a shipping method, and payments that nobody pays.
const { bootstrap, dummyPaymentHandler } = require("@vendure/core");
const { populate } = require("@vendure/core/cli");

const config = {
  apiOptions: { hostname: "127.0.0.1", port: Number(process.env.PORT) },
  authOptions: {
    tokenMethod: "bearer",
    superadminCredentials: { identifier: process.env.ADMIN, password: process.env.ADMIN_PASSWORD },
  },
  dbConnectionOptions: { type: "postgres", url: process.env.DATABASE_URL, synchronize: true, logging: false },
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
};

const shop = {
  defaultLanguage: "en",
  defaultZone: "Europe",
  countries: [{ name: "Austria", code: "AT", zone: "Europe" }],
  taxRates: [{ name: "Standard", percentage: 20 }],
  shippingMethods: [{ name: "Standard", price: 500 }],
  paymentMethods: [
    {
      name: "Peers",
      handler: { code: dummyPaymentHandler.code, arguments: [{ name: "automaticSettle", value: "false" }] },
    },
  ],
  collections: [],
};

populate(() => bootstrap(config), shop).catch((error) => {
  console.error(error);
  process.exit(1);
});
