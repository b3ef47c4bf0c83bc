/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/export/export-fixture.h"

#include "tests/support/test.h"

void
export_fixture_set_up (ExportFixture *fixture, gconstpointer reader)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = sag_test_dup_folder ();
  fixture->path = g_build_filename (fixture->folder, "a.sagitta", NULL);
  fixture->store =
    sag_store_open (fixture->path, SAG_STORE_CREATE, reader != NULL ? reader : "Ann", &error);
  g_assert_no_error (error);
  fixture->task = add_task (fixture->store, "nodule");
}

void
export_fixture_tear_down (ExportFixture *fixture, gconstpointer data)
{
  sag_store_free (fixture->store);
  g_free (fixture->path);
  sag_test_remove_folder (fixture->folder);
}
