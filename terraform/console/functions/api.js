// Removes /api/<service> from the path: the viewer-request function of the behaviours of the three services.
//
// The behaviour is chosen by the normalised path, but the function gets the path as it was sent, and so would the
// service: a path that the two could read differently is refused.

const SERVICE = /^\/api\/(audit|catalog|stock)(\/.*)$/;
const AMBIGUOUS = /\/(\/|(\.|%2e){1,2}(\/|%2f|%5c|\\|$))|\\|%5c/i;

function handler(event) {
  const request = event.request;
  const found = SERVICE.exec(request.uri);
  if (found === null || AMBIGUOUS.test(request.uri)) {
    return notFound(event.context.requestId);
  }
  request.uri = found[2];
  return request;
}
