/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/text/catalogue.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

struct _SagCatalogue
{
  GStringChunk *strings;   /* all that tasks and templates point to */
  GArray       *tasks;     /* SagTask */
  GArray       *templates; /* SagTaskTemplate */
  GHashTable   *by_text;   /* text -> index + 1 */
  GHashTable   *by_name;   /* name key -> finding; sag_catalogue_dup_name_key() */
};

/** sag_catalogue_dup_name_key: what a name is known by: its sort of task, its words in lower case, its months. */
char *sag_catalogue_dup_name_key (SagTaskKind kind, const char *name, guint months);

/** sag_catalogue_read: fills an empty catalogue; errors do not name the file. */
gboolean sag_catalogue_read (SagCatalogue *catalogue, JsonObject *root, GError **error);

G_END_DECLS
