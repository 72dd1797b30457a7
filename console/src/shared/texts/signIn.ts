export const signIn = {
  title: "Sign in",
  development: {
    lead: "This is the product on your own machine. Choose who you are; there are no passwords here.",
    vendorField: "Vendor id",
    vendorHint: "VENDOR- and up to 32 capitals and digits. A new one starts with an empty shop.",
    vendorInvalid: "Write VENDOR- and 1 to 32 of A-Z and 0-9, such as VENDOR-001.",
    tasks: {
      vendor: "Products, prices and stock of one vendor",
      desk: "Orders of all customers",
      auditor: "The log of every change",
      admin: "Everything, of every vendor",
    },
    otherRoles: "Or as",
  },
  hosted: {
    lead: "Sign in with your account to see your products and stock.",
    button: "Sign in",
    unknownRole: (name: string) => `${name} has no role here. Ask who manages the accounts for one.`,
  },
  shelf: "Look at the public shelf",
  demo: {
    title: "Demo shop",
    offer: "Load a shop of 29 vendors, 77 products and 830 orders to look around in.",
    load: "Load the demo shop",
    loading: (step: string) => (step ? `Loading: ${step}` : "Loading …"),
    progress: (done: number, total: number) => `${done} of ${total}`,
    loaded: (vendor: string) => `The demo shop is loaded. Its first vendor is ${vendor}.`,
    enter: (vendor: string) => `Sign in as ${vendor}`,
    failed: "The demo shop could not be loaded.",
  },
} as const;
