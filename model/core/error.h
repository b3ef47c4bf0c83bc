/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SagError:
 * @SAG_ERROR_FORMAT: a file is damaged, or not what its name says
 * @SAG_ERROR_UNSUPPORTED: a file or option is valid, but Sagitta cannot use it; the message names the way out
 * @SAG_ERROR_MISMATCH: two things that must belong together do not (grid and mask, bundle and weights)
 * @SAG_ERROR_LIMIT: larger than the bundle, the memory or a documented limit allows
 * @SAG_ERROR_ARGUMENT: the person asked for something that has no meaning (exit code 2 on the command line)
 * @SAG_ERROR_SCOPE: the scan is not one that the model can be asked about; asking can be forced
 * @SAG_ERROR_ENGINE: the engine could not be opened, or failed while it worked
 *
 * The few things that a caller can act on. Files that cannot be opened, read or written keep
 * the codes of G_IO_ERROR and G_FILE_ERROR, a cancelled job has G_IO_ERROR_CANCELLED.
 *
 * A message is one sentence: what, where (file, key, offset), and what to do.
 */
typedef enum
{
  SAG_ERROR_FORMAT,
  SAG_ERROR_UNSUPPORTED,
  SAG_ERROR_MISMATCH,
  SAG_ERROR_LIMIT,
  SAG_ERROR_ARGUMENT,
  SAG_ERROR_SCOPE,
  SAG_ERROR_ENGINE,
} SagError;

#define SAG_ERROR (sag_error_quark ())
GQuark sag_error_quark (void);

G_END_DECLS
