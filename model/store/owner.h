/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagOwner: the right to write a project: a lock on the file PROJECT.owner beside it, which says
 * who has it. The lock goes with the process, however that ends.
 */
typedef struct _SagOwner SagOwner;

/**
 * sag_owner_take:
 * @who: (out) (nullable) (transfer full): who has it, if somebody else does: "Ann on ward7, since 2026-05-02 14:31"
 *
 * Returns: NULL if it cannot be had; @error is set unless somebody has it
 */
SagOwner *sag_owner_take (const char *project, const char *reader, char **who, GError **error);
/** sag_owner_free: gives it back. */
void sag_owner_free (SagOwner *owner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagOwner, sag_owner_free)

/** sag_owner_is_network: the folder of @path lies on another machine. */
gboolean sag_owner_is_network (const char *path);

G_END_DECLS
