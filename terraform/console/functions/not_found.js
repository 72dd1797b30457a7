// The services' answer to an unknown path, for both functions: a program must not get a page with status 200 for a
// mistake in the path.
function notFound(requestId) {
  return {
    statusCode: 404,
    statusDescription: 'Not Found',
    headers: {
      'cache-control': { value: 'no-store' },
      'content-security-policy': { value: 'sandbox' },
      'content-type': { value: 'application/problem+json' },
      'x-content-type-options': { value: 'nosniff' },
    },
    body: JSON.stringify({
      type: 'urn:inventory:problem:route_not_found',
      title: 'Path not found',
      status: 404,
      detail: 'The API has no such path.',
      code: 'route_not_found',
      request_id: requestId,
    }),
  };
}
