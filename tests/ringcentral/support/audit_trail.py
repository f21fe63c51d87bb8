"""Makes the calls of RingCentral's own sample for its audit trail: signs in with a JWT, asks who that is, reads a page.

Its settings are environment variables, and nothing in it knows that the other side is Cairn.
"""

import json
import os

from ringcentral import SDK

sdk = SDK(
    os.environ["RC_APP_CLIENT_ID"],
    os.environ["RC_APP_CLIENT_SECRET"],
    os.environ["RC_SERVER"],
)
platform = sdk.platform()

try:
    platform.login(jwt=os.environ["RC_JWT_TOKEN"])
    platform.get("/account/~/extension/~")
except Exception as error:
    print("sign-in:", error)

try:
    answer = platform.post(
        "/restapi/v1.0/account/~/audit-trail/search",
        {
            "eventTimeFrom": "2021-08-01T00:00:00.52Z",
            "eventTimeTo": "2021-08-31T00:00:00.52Z",
            "page": 2,
            "perPage": 10,
            "includeAdmins": True,
            "includeHidden": True,
            "searchParameters": [],
        },
    )
    print(json.dumps(answer.json_dict(), indent=2, sort_keys=True))
    if os.environ.get("RC_LOGOUT"):
        platform.refresh()
        platform.logout()
except Exception as error:
    print("search:", error)
