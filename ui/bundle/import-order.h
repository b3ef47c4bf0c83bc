/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** SagUiImportFile: what a checkpoint consists of; the first and the third cannot be missing. */
typedef enum
{
  SAG_UI_IMPORT_WEIGHTS,
  SAG_UI_IMPORT_CONFIG,
  SAG_UI_IMPORT_VOCABULARY,
  SAG_UI_IMPORT_TRAIN_CONFIG,
  SAG_UI_IMPORT_N_FILES,
} SagUiImportFile;

/**
 * SagUiImportOrder: what to import, and where to. NULL and 0 where nothing is said.
 * @folder: that becomes the bundle; must not exist
 */
typedef struct
{
  char *files[SAG_UI_IMPORT_N_FILES];
  char *folder;
  char *name;
  char *weights_license;
  char *data_license;
  char *permitted_use;
  int   heads;
} SagUiImportOrder;

void sag_ui_import_order_free (SagUiImportOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagUiImportOrder, sag_ui_import_order_free)

/**
 * sag_ui_import_find: (transfer full) (nullable): where @file lies in the folder of a checkpoint: in
 * it or in one of the folders below that upstream uses. Looks at few names only.
 */
char *sag_ui_import_find (const char *checkpoint, SagUiImportFile file);

/** sag_ui_import_propose_folder: (transfer full): a place of the person's own that does not exist. */
char *sag_ui_import_propose_folder (const char *name);

/** sag_ui_import_async: takes @order. */
void sag_ui_import_async (SagUiImportOrder   *order,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data);
/** Returns: (transfer full): the new bundle's folder. Errors: as sag_bundle_import(). */
char *sag_ui_import_finish (GAsyncResult *result, GError **error);

G_END_DECLS
