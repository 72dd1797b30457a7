// Maps the addresses of the console's pages to index.html, which shows the page: the viewer-request function of the
// default behaviour. The path comes as the browser has sent it, still encoded and not normalised.

// Pages whose addresses contain an id, in which a dot does not make a file.
const PAGE_WITH_ID = /^\/(skus|products|orders|verify|stock-at)\/[^/]+\/?$/;
// What other paths of this origin are elsewhere: the services, and what the local front has in addition.
const NO_PAGE = /^\/+(api|demo|token)(\/|$)/;
const FILE = /\.[^/]*$/;

function handler(event) {
  const request = event.request;
  if (NO_PAGE.test(request.uri)) {
    return notFound(event.context.requestId);
  }
  if (PAGE_WITH_ID.test(request.uri) || !FILE.test(request.uri)) {
    request.uri = '/index.html';
  }
  return request;
}
