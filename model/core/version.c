/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/version.h"

#include "model/core/core-config.h"
#include "model/core/version-commit.h"

const char *
sag_version_get (void)
{
  return SAG_VERSION;
}

const char *
sag_version_get_commit (void)
{
  return SAG_COMMIT;
}
