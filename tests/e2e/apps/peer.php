<?php
// SPDX-License-Identifier: MIT
echo $_SERVER['REMOTE_ADDR'];
