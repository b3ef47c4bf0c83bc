/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A small data set of phantoms on disk, and a grid for it. */

#include "model/dataset/index.h"

G_BEGIN_DECLS

typedef struct
{
  char         *folder;
  char         *manifest;
  SagDataset   *dataset;
  SagCache     *cache;
  SagSampleGrid grid;
  SagScanStore *store;
} DataFixture;

/** data_fixture_init: @n_scans phantoms of 6 mm; every second one has an effusion on the left. No data set
 * if there are none. */
void data_fixture_init (DataFixture *fixture, guint n_scans);
void data_fixture_clear (DataFixture *fixture);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DataFixture, data_fixture_clear)

/** data_fixture_index: the training split, prepared and resolved. */
SagIndex *data_fixture_index (DataFixture *fixture);

G_END_DECLS
